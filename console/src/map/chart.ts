// The map itself: OpenLayers for panning, zooming and drawing with the mouse, and layers of our
// own for what lies beneath and for the things of a line. Loaded when a map is first shown.

import "ol/ol.css";
import Feature from "ol/Feature";
import LineString from "ol/geom/LineString";
import Polygon from "ol/geom/Polygon";
import Point from "ol/geom/Point";
import { defaults as usualInteractions } from "ol/interaction/defaults";
import Draw from "ol/interaction/Draw";
import VectorLayer from "ol/layer/Vector";
import OlMap from "ol/Map";
import VectorSource from "ol/source/Vector";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import View from "ol/View";
import { BaseLayer, readBaseMap, type BaseMap } from "./base";
import { onTheme, readColours } from "./colours";
import type { Place } from "./geodesy";
import { Handles, type HandleEvents, type Written } from "./handles";
import { ThingsLayer, type MapWords, type Shown } from "./layer";
import { TracksLayer, type Sky } from "./tracks";
import { outlineOf } from "./outlines";
import type { Named } from "./places";
import { placeAtPoint, ringOf, xOf, yOf, type Box } from "./paper";
import type { Clash, Thing } from "./things";
import type { Volume } from "./volumes";

const FIT_MARGIN_PX = 50;
const RESOLUTION_FIT_MIN = 40;
/** What is shown around a line's only reference point. */
const AROUND_M = 250_000;
const ZOOM_MAX = 18;

export type Tool = "Point" | "LineString" | "Polygon" | "Circle";

export interface ChartEvents {
  /** A thing was clicked; empty where there is none. */
  onpick(things: Thing[]): void;
  /** A track was clicked. */
  ontrack?(id: string): void;
  /** The pointer is over a thing, or over none; with its place on the map. */
  onhover(thing: Thing | null, place: Place | null, x: number, y: number): void;
  /** The map was moved. */
  onmoved(): void;
}

let reading: Promise<BaseMap> | null = null;

/** Where the map was looked at last, by the line: another screen goes on there. */
const looked = new Map<string, { centre: number[]; resolution: number }>();

export class Chart {
  private readonly map: OlMap;
  private readonly base: BaseLayer;
  private readonly things: ThingsLayer;
  private readonly tracks: TracksLayer;
  private readonly sketch = new VectorSource();
  private readonly sketchLayer: VectorLayer;
  private handles: Handles | null = null;
  private drawing: Draw | null = null;
  private readonly stopTheme: () => void;
  private isPlaced = false;

  constructor(
    target: HTMLElement,
    private readonly name: string,
    words: MapWords,
    shown: Shown,
    private readonly events: ChartEvents,
  ) {
    const colours = readColours();
    this.base = new BaseLayer(colours);
    this.things = new ThingsLayer(colours, words, shown);
    this.tracks = new TracksLayer(colours);
    this.sketchLayer = new VectorLayer({ source: this.sketch, style: sketchStyle() });
    const kept = looked.get(name);
    this.isPlaced = kept !== undefined;
    this.map = new OlMap({
      target,
      controls: [],
      interactions: usualInteractions({
        altShiftDragRotate: false,
        pinchRotate: false,
        // A second click takes what lies below.
        doubleClickZoom: false,
      }),
      layers: [this.base.layer, this.things.layer, this.tracks.layer, this.sketchLayer],
      view: new View({
        center: kept?.centre ?? [0, yOf(30)],
        ...(kept ? { resolution: kept.resolution } : { zoom: 2 }),
        maxZoom: ZOOM_MAX,
        enableRotation: false,
        multiWorld: false,
      }),
    });
    this.map.on("click", (event) => {
      if (this.drawing || this.handles) return;
      const [x = 0, y = 0] = event.pixel;
      const track = this.tracks.at(x, y);
      if (track && this.events.ontrack) this.events.ontrack(track);
      else this.events.onpick(this.things.at(x, y));
    });
    this.map.on("pointermove", (event) => {
      const [x = 0, y = 0] = event.pixel;
      const [east = 0, north = 0] = event.coordinate;
      const found = event.dragging || this.drawing ? null : (this.things.at(x, y)[0] ?? null);
      this.events.onhover(found, placeAtPoint(east, north), x, y);
    });
    this.map.on("moveend", () => {
      const view = this.map.getView();
      const [centre, resolution] = [view.getCenter(), view.getResolution()];
      if (centre && resolution && this.isPlaced) looked.set(this.name, { centre, resolution });
      this.events.onmoved();
    });
    this.stopTheme = onTheme(() => {
      const now = readColours();
      this.base.setColours(now);
      this.things.setColours(now);
      this.tracks.setColours(now);
      this.sketchLayer.setStyle(sketchStyle());
      this.handles?.setColours(now);
    });
  }

  /** Who made the base map; read once for the whole page. */
  async loadBase(): Promise<string> {
    reading ??= readBaseMap();
    try {
      const map = await reading;
      this.base.setMap(map);
      return map.source;
    } catch (error) {
      reading = null;
      throw error;
    }
  }

  close(): void {
    this.stopTheme();
    this.map.setTarget();
    this.map.dispose();
  }

  setThings(things: readonly Thing[]): void {
    this.things.setThings(things);
    if (!this.isPlaced && things.length > 0) this.fit();
  }

  setClashes(clashes: readonly Clash[]): void {
    this.things.setClashes(clashes);
  }

  setPlaces(places: readonly Named[]): void {
    this.things.setPlaces(places);
    const agreed = places.filter((one) => one.isAgreed);
    if (this.isPlaced || agreed.length === 0) return;
    const ring = ringOf(agreed.map((one) => one.place));
    const [xs, ys] = [ring.filter((_, n) => n % 2 === 0), ring.filter((_, n) => n % 2 === 1)];
    const around = agreed.length > 1 ? 0 : AROUND_M;
    this.fitBox([
      Math.min(...xs) - around,
      Math.min(...ys) - around,
      Math.max(...xs) + around,
      Math.max(...ys) + around,
    ]);
  }

  /** Show these tracks; null shows none. */
  setSky(sky: Sky | null): void {
    this.tracks.setSky(sky);
  }

  show(shown: Shown): void {
    this.things.show(shown);
  }

  inView(): Thing[] {
    return this.things.inView();
  }

  /** Show all things, or one. */
  fit(key?: string): void {
    const box = this.things.boxOf(key);
    if (box) this.fitBox(box);
  }

  /** Bring a thing into view if nothing of it is there. */
  reveal(key: string): void {
    const box = this.things.boxOf(key);
    const view = this.map.getView();
    const size = this.map.getSize();
    if (!box || !size) return;
    const [west, south, east, north] = view.calculateExtent(size) as [
      number,
      number,
      number,
      number,
    ];
    const isSeen = box[0] < east && box[2] > west && box[1] < north && box[3] > south;
    if (!isSeen) view.setCenter([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
  }

  private fitBox(box: Box): void {
    if (!this.map.getSize()) this.map.updateSize();
    this.isPlaced = true;
    this.map.getView().fit([...box], {
      padding: Array<number>(4).fill(FIT_MARGIN_PX),
      minResolution: RESOLUTION_FIT_MIN,
    });
  }

  zoomBy(steps: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 2) + steps, duration: 150 });
  }

  /** Draw with the mouse; `done` is given the corners, and of a circle centre and rim. */
  draw(tool: Tool, done: (places: Place[]) => void): void {
    this.stopDrawing();
    const drawing = new Draw({ source: new VectorSource(), type: tool, style: sketchStyle() });
    drawing.on("drawend", (event) => {
      const shape = event.feature.getGeometry();
      // The click that ends a shape is not to pick what lies beneath.
      setTimeout(() => this.stopDrawing(), 300);
      done(shape ? placesOf(shape) : []);
    });
    this.map.addInteraction(drawing);
    this.drawing = drawing;
    if (this.handles) this.handles.isActive = false;
  }

  stopDrawing(): void {
    if (this.drawing) this.map.removeInteraction(this.drawing);
    this.drawing = null;
    if (this.handles) this.handles.isActive = true;
  }

  /** Give what is being written handles; a map that has them picks nothing. */
  editShapes(areas: readonly Written[], events: HandleEvents): void {
    this.handles ??= new Handles(this.map, readColours());
    this.handles.isActive = this.drawing === null;
    this.handles.show(areas, events);
  }

  /** Show volumes that are being written, and lines that are measured. */
  sketchShapes(volumes: readonly Volume[], lines: readonly Place[][] = []): void {
    this.sketch.clear();
    for (const volume of volumes) {
      const ring = pointsOf(outlineOf(volume));
      if (ring.length > 2) this.sketch.addFeature(new Feature(new Polygon([ring])));
      for (const vertex of this.handles ? [] : volume.vertices) {
        this.sketch.addFeature(new Feature(new Point([xOf(vertex.lon), yOf(vertex.lat)])));
      }
    }
    for (const line of lines) this.sketch.addFeature(new Feature(new LineString(pointsOf(line))));
  }

  /** Bring what is being written into view. */
  fitSketch(): void {
    const extent = this.sketch.getExtent();
    if (extent && Number.isFinite(extent[0])) this.fitBox(extent as unknown as Box);
  }
}

function pointsOf(places: readonly Place[]): number[][] {
  const ring = ringOf(places);
  return places.map((_, n) => [ring[2 * n] as number, ring[2 * n + 1] as number]);
}

function placesOf(shape: unknown): Place[] {
  const held = shape as {
    getType(): string;
    getCoordinates?(): unknown;
    getCenter?(): number[];
    getLastCoordinate?(): number[];
  };
  const place = (point: number[]): Place => placeAtPoint(point[0] as number, point[1] as number);
  switch (held.getType()) {
    case "Circle":
      return [held.getCenter?.() ?? [], held.getLastCoordinate?.() ?? []].map(place);
    case "Polygon":
      return ((held.getCoordinates?.() as number[][][])[0] ?? []).slice(0, -1).map(place);
    case "Point":
      return [place(held.getCoordinates?.() as number[])];
    default:
      return (held.getCoordinates?.() as number[][]).map(place);
  }
}

function sketchStyle(): Style {
  const colours = readColours();
  const stroke = new Stroke({ color: colours.focus, width: 2.5 });
  const fill = new Fill({ color: `${colours.focus}22` });
  return new Style({
    stroke,
    fill,
    image: new CircleStyle({ radius: 4, fill: new Fill({ color: colours.focus }) }),
  });
}
