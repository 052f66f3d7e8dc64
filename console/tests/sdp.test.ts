import { describe, expect, it } from "vitest";
import { base64Of, hexOf, mediaOf, reachOf, sdpOf } from "../src/state/sdp";

const HEX = Array.from({ length: 32 }, (_, n) => n.toString(16).padStart(2, "0").toUpperCase());
const LOCAL = [
  "v=0",
  "m=audio 50000 UDP/TLS/RTP/SAVPF 111 63",
  "a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0",
  "a=candidate:2 1 udp 2122260222 10.1.2.3 50001 typ host generation 0",
  "a=candidate:3 1 tcp 1518280447 127.0.0.1 9 typ host tcptype active",
  "a=candidate:4 1 udp 2122260221 0c1f.local 50002 typ host",
  "a=candidate:5 1 udp 1685987071 198.51.100.7 50003 typ srflx raddr 10.1.2.3 rport 50001",
  "a=ice-ufrag:x3Qp",
  "a=ice-pwd:8y1Tn0dQmWc2bKfLr7ZsVa4h",
  `a=fingerprint:sha-256 ${HEX.join(":")}`,
  "a=setup:actpass",
  "",
].join("\r\n");

describe("what of a session description goes on the record", () => {
  it("is certificate, name and password, and the addresses that are allowed", () => {
    const media = mediaOf(LOCAL, ["LOOPBACK", "PUBLIC"]);
    expect(media.fingerprint).toBe(base64Of(HEX.join(":")));
    expect(media.ice_user).toBe("x3Qp");
    expect(media.ice_password).toBe("8y1Tn0dQmWc2bKfLr7ZsVa4h");
    expect(media.candidates.map((one) => [one.kind, one.address, one.port])).toEqual([
      ["HOST", "127.0.0.1", 50_000],
      ["REFLEXIVE", "198.51.100.7", 50_003],
    ]);
    expect(() => mediaOf(LOCAL.replace("sha-256", "sha-1"), [])).toThrow();
  });

  it("comes back in a text of ours", () => {
    const media = mediaOf(LOCAL, ["PUBLIC"]);
    const sdp = sdpOf(media, "active");
    expect(mediaOf(sdp, ["PUBLIC"])).toEqual(media);
    expect(sdp).toContain("a=setup:active\r\n");
    expect(sdp).toContain(`a=fingerprint:sha-256 ${HEX.join(":")}\r\n`);
    expect(hexOf(base64Of("00:FF"))).toBe("00:FF");
  });

  it("tells apart where addresses lead", () => {
    const told = ["::1", "fd00::1", "fe80::1", "8.8.8.8", "192.168.0.1", "a.local", "2606:2800::1"];
    expect(told.map(reachOf)).toEqual([
      "LOOPBACK",
      "PRIVATE",
      "NOWHERE",
      "PUBLIC",
      "PRIVATE",
      "NOWHERE",
      "PUBLIC",
    ]);
  });
});
