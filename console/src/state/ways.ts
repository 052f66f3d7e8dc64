// The ways that the sound of a call may go from this desk, as its node tells them: through a relay
// of our own, so that the other side learns no address of a desk, or, where that was agreed,
// directly. Nothing is sent to the other end here.

import { read } from "../api/client";
import type { TelephoneTold } from "../api/things";
import { Hindrance } from "./hindrance";
import { mediaOf, type Media } from "./sdp";
import { mark } from "./words.svelte";

const GATHER_MS_MAX = 5_000;
/** RFC 8445 has no number for a relay that does not answer; browsers say this one. */
const NO_ANSWER = 701;
const UNAUTHORIZED = 401;

const NO_RELAY = mark(
  "This node has no relay for calls, and does not let desks reach each other directly. Say it in a text; the administrator sets up a relay.",
);
const SILENT = mark(
  "The relay for calls does not answer. Say it in a text; the administrator finds out with openline doctor.",
);
const REFUSED = mark(
  "The relay for calls refuses this desk: its credential has expired, or the relay has another secret or clock. Say it in a text; the administrator finds out with openline doctor.",
);
const FAILED = mark(
  "The relay for calls gave no address. Say it in a text; the administrator finds out with openline doctor.",
);
const BARRED = mark(
  "The relay for calls gave an address that may not be told to the other side. The administrator sets its outer address, or names its sort under addresses.",
);

/** What the node tells now; a Hindrance where no sound can go. */
export async function readWays(): Promise<TelephoneTold> {
  const told = await read<TelephoneTold>("/telephone");
  if (!told.is_direct && told.relays.length === 0) throw new Hindrance(NO_RELAY);
  return told;
}

/** How a browser goes these ways. */
export function settingOf(told: TelephoneTold): RTCConfiguration {
  const { relays: urls, username, password: credential } = told;
  return {
    bundlePolicy: "max-bundle",
    iceServers: urls.length ? [{ urls, username, credential }] : [],
    iceTransportPolicy: told.is_direct ? "all" : "relay",
  };
}

/** Offer anew, and find by which addresses this end is reached; a Hindrance where it is by none. */
export async function gather(
  connection: RTCPeerConnection,
  told: TelephoneTold,
  options: RTCOfferOptions = {},
): Promise<Media> {
  const codes: number[] = [];
  const hear = (event: RTCPeerConnectionIceErrorEvent): void => void codes.push(event.errorCode);
  connection.addEventListener("icecandidateerror", hear);
  try {
    const offer = await connection.createOffer(options);
    const isGathered = gathered(connection);
    await connection.setLocalDescription(offer);
    await isGathered;
  } finally {
    connection.removeEventListener("icecandidateerror", hear);
  }
  const sdp = connection.localDescription?.sdp ?? "";
  const media = mediaOf(sdp, told.reaches, told.is_direct ? undefined : "RELAY");
  if (told.is_direct || media.candidates.length > 0) return media;
  if (/^a=candidate:/m.test(sdp)) throw new Hindrance(BARRED);
  const told401 = codes.includes(UNAUTHORIZED);
  const isSilent = codes.length === 0 || codes.every((code) => code === NO_ANSWER);
  throw new Hindrance(told401 ? REFUSED : isSilent ? SILENT : FAILED);
}

/**
 * All addresses are known, or as many as are found in some seconds. To be called before the offer
 * is set: the state of gathering is that of the last time until it has begun anew.
 */
function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      connection.removeEventListener("icecandidate", hear);
      resolve();
    };
    const hear = ({ candidate }: RTCPeerConnectionIceEvent): void => {
      if (candidate === null) done();
    };
    const timer = setTimeout(done, GATHER_MS_MAX);
    connection.addEventListener("icecandidate", hear);
  });
}
