// How loud a microphone is, from 0 to 100, as long as somebody looks.

const LOOK_MS = 100;
/** What a quiet room has: below it nothing is shown. */
const QUIETEST_DB = -60;

/** Tell the level again and again until what is answered is called. */
export function followLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2_048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(levelOf(samples));
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** The loudness of samples between -1 and 1: 0 as in a quiet room, 100 as loud as can be. */
export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length);
  const decibels = 10 * Math.log10(Math.max(power, 1e-12));
  return Math.round(100 * Math.max(0, 1 - decibels / QUIETEST_DB));
}
