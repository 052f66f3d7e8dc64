// Handles of areas that are being written: each position can be dragged, a new one drawn out of the
// middle of an edge, one taken away by a double press; a circle's rim is its radius. For a pointer
// of any sort; by the keys the same is done in the list of positions beside the map.

import Feature from "ol/Feature";
import type OlMap from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import Point from "ol/geom/Point";
import PointerInteraction from "ol/interaction/Pointer";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import type { Colours } from "./colours";
import { destination, way, type Place } from "./geodesy";
import { placeAtPoint, xOf, yOf } from "./paper";

export interface Handle {
  /** What it moves: a position, the middle of an edge, or how far a circle reaches. */
  sort: "position" | "between" | "rim";
  area: number;
  /** Of the position, or of the one after which a new one comes. */
  vertex: number;
  place: Place;
}

/** An area as far as it is understood, at its place among those that are written. */
export interface Written {
  area: number;
  form: string;
  places: readonly (Place | null)[];
  radiusM: number;
  most: number;
}

export interface HandleEvents {
  onmoved(area: number, vertex: number, place: Place): void;
  onadded(area: number, vertex: number, place: Place): void;
  onremoved(area: number, vertex: number): void;
  onreached(area: number, radiusM: number): void;
}

const EAST_DEG = 90;

/** The handles of all areas. */
export function handlesOf(areas: readonly Written[]): Handle[] {
  return areas.flatMap((one) => {
    const { area, places } = one;
    const positions = places.flatMap((place, vertex): Handle[] =>
      place ? [{ sort: "position", area, vertex, place }] : [],
    );
    return [...positions, ...betweenOf(one), ...rimOf(one)];
  });
}

function betweenOf({ area, form, places, most }: Written): Handle[] {
  if (form === "CIRCLE" || places.length >= most) return [];
  const isRing = form === "POLYGON" && places.length > 2;
  return places.flatMap((from, vertex): Handle[] => {
    const isLast = vertex === places.length - 1;
    const to = isLast ? (isRing ? places[0] : null) : places[vertex + 1];
    const edge = from && to ? way(from, to) : null;
    if (!from || !edge?.lengthM) return [];
    const place = destination(from, edge.bearingDeg, edge.lengthM / 2);
    return [{ sort: "between", area, vertex, place }];
  });
}

function rimOf({ area, form, places, radiusM }: Written): Handle[] {
  const [centre] = places;
  if (form !== "CIRCLE" || !centre || radiusM <= 0) return [];
  return [{ sort: "rim", area, vertex: 0, place: destination(centre, EAST_DEG, radiusM) }];
}

const REACH_PX = 14;
/** A finger hides what it presses. */
const REACH_TOUCH_PX = 26;
const DOUBLE_MS = 400;

export class Handles {
  readonly layer: VectorLayer;
  private readonly source = new VectorSource();
  private readonly interaction: PointerInteraction;
  private handles: readonly Handle[] = [];
  private events: HandleEvents | null = null;
  private held: Handle | null = null;
  private hasMoved = false;
  private pressed = { name: "", at: 0 };

  constructor(
    private readonly map: OlMap,
    colours: Colours,
  ) {
    this.layer = new VectorLayer({ source: this.source });
    this.setColours(colours);
    this.interaction = new PointerInteraction({
      handleDownEvent: (event) => this.press(event),
      handleDragEvent: (event) => this.drag(event),
      handleUpEvent: () => this.release(),
    });
    map.addLayer(this.layer);
    map.addInteraction(this.interaction);
  }

  get isHeld(): boolean {
    return this.held !== null;
  }

  set isActive(is: boolean) {
    this.interaction.setActive(is);
    this.layer.setVisible(is);
  }

  setColours(colours: Colours): void {
    const stroke = new Stroke({ color: colours.ground, width: 2 });
    const looks = {
      position: new Style({
        image: new CircleStyle({ radius: 7, stroke, fill: new Fill({ color: colours.focus }) }),
      }),
      between: new Style({
        image: new CircleStyle({
          radius: 5,
          stroke: new Stroke({ color: colours.focus, width: 2 }),
          fill: new Fill({ color: colours.ground }),
        }),
      }),
    };
    this.layer.setStyle((feature) =>
      feature.get("sort") === "between" ? looks.between : looks.position,
    );
  }

  show(areas: readonly Written[], events: HandleEvents): void {
    this.events = events;
    this.handles = handlesOf(areas);
    this.source.clear();
    this.source.addFeatures(
      this.handles.map((one) => {
        const feature = new Feature(new Point(pointOf(one.place)));
        feature.set("sort", one.sort);
        return feature;
      }),
    );
  }

  /** The nearest handle under a pointer; a position before what lies between. */
  private at(event: MapBrowserEvent): Handle | null {
    const [x = 0, y = 0] = event.pixel;
    const isTouch = (event.originalEvent as PointerEvent).pointerType === "touch";
    const reach = isTouch ? REACH_TOUCH_PX : REACH_PX;
    const near = this.handles.flatMap((handle) => {
      const [hx = Infinity, hy = Infinity] = this.map.getPixelFromCoordinate(pointOf(handle.place));
      const far = Math.hypot(hx - x, hy - y);
      return far <= reach ? [{ handle, far: far + (handle.sort === "between" ? 4 : 0) }] : [];
    });
    near.sort((one, other) => one.far - other.far);
    return near[0]?.handle ?? null;
  }

  private press(event: MapBrowserEvent): boolean {
    this.held = isByMore(event) ? null : this.at(event);
    this.hasMoved = false;
    return this.held !== null;
  }

  private drag(event: MapBrowserEvent): void {
    // Where a second finger comes down, the first has dragged as far as it has.
    if (isByMore(event)) this.held = null;
    const [x = 0, y = 0] = event.coordinate;
    const place = placeAtPoint(x, y);
    const { held, events } = this;
    if (!held || !events) return;
    if (held.sort === "rim") {
      const centre = this.handles.find((one) => one.area === held.area && one.sort === "position");
      const far = centre ? way(centre.place, place)?.lengthM : 0;
      if (far) events.onreached(held.area, far);
    } else if (held.sort === "between") {
      // Drawn out of an edge it is a position, and goes on as one.
      this.held = { ...held, sort: "position", vertex: held.vertex + 1 };
      events.onadded(held.area, held.vertex + 1, place);
    } else events.onmoved(held.area, held.vertex, place);
    this.hasMoved = true;
  }

  private release(): boolean {
    const { held, hasMoved } = this;
    this.held = null;
    if (!held || hasMoved || held.sort !== "position") return false;
    const name = `${held.area} ${held.vertex}`;
    const now = performance.now();
    const isDouble = this.pressed.name === name && now - this.pressed.at < DOUBLE_MS;
    this.pressed = isDouble ? { name: "", at: 0 } : { name, at: now };
    if (isDouble) this.events?.onremoved(held.area, held.vertex);
    return false;
  }
}

/** Whether more than one finger is on the map: they move the map, and no handle. */
const isByMore = (event: MapBrowserEvent): boolean => (event.activePointers?.length ?? 1) > 1;

const pointOf = (place: Place): number[] => [xOf(place.lon), yOf(place.lat)];
