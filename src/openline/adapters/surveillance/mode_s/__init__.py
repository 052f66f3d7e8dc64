"""Mode S extended squitters: bytes of radio to what an aircraft says.

`parity.py` checks a frame, `message.py` takes the fields out of it, `cpr.py` finds
places in compact positions, `aircraft.py` pairs them over time. Our own, because the
maintained decoders are under the GPL. Sources: ICAO Annex 10 Volume IV, Doc 9871,
RTCA DO-260B.
"""
