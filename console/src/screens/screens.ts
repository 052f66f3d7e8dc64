// The screens there are, in the order of the top bar. Each is given the line and the rest of the
// address.

import type { Component } from "svelte";
import type { Line } from "../state/line.svelte";
import { mark } from "../state/words.svelte";
import Audit from "./Audit.svelte";
import MapScreen from "./Map.svelte";
import Handover from "./Handover.svelte";
import LineScreen from "./Line.svelte";
import Own from "./Own.svelte";
import People from "./People.svelte";
import Procedures from "./Procedures.svelte";
import Say from "./Say.svelte";
import Log from "./Log.svelte";
import Matters from "./Matters.svelte";
import Proof from "./Proof.svelte";
import Watch from "./Watch.svelte";

export interface ScreenProps {
  line: Line;
  rest: string[];
}

export interface Screen {
  name: string;
  /** English title: a key of the catalogues. */
  title: string;
  component: Component<ScreenProps>;
  /** The right without which the node refuses what it is for; READ for most. */
  right: string;
}

export const SCREENS: Screen[] = [
  { name: "watch", title: mark("Watch"), component: Watch, right: "READ" },
  { name: "map", title: mark("Map"), component: MapScreen, right: "READ" },
  { name: "say", title: mark("Say"), component: Say, right: "READ" },
  { name: "matters", title: mark("Matters"), component: Matters, right: "READ" },
  { name: "log", title: mark("Message log"), component: Log, right: "READ" },
  { name: "line", title: mark("The line"), component: LineScreen, right: "READ" },
  { name: "handover", title: mark("Handover"), component: Handover, right: "READ" },
  { name: "proof", title: mark("Proof"), component: Proof, right: "READ" },
  { name: "procedures", title: mark("Procedures"), component: Procedures, right: "READ" },
  { name: "audit", title: mark("Audit"), component: Audit, right: "AUDIT" },
  { name: "people", title: mark("People"), component: People, right: "PEOPLE" },
  { name: "own", title: mark("My own"), component: Own, right: "READ" },
];
