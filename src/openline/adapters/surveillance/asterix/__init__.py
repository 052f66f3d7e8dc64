"""ASTERIX: the exchange format of radars and tracking systems, by tables.

`items.py` measures items, `catalogue.py` holds what a record of each category is made
of, `blocks.py` cuts data blocks into records, `reports.py` makes sightings of them.
Categories 021 (ADS-B reports), 034 (radar service), 048 (radar targets) and 062
(system tracks). Our own, because the maintained decoder is under the GPL and fails on
broken blocks. Source: EUROCONTROL-SPEC-0149, parts 1, 2b, 4, 9 and 12.
"""
