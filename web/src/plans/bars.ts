export type Bar = { x: number; y: number; width: number; height: number };

const gap = 0.3; // of the room that each bar has
const least = 1; // so that little is not nothing

/** Where the bars of these values stand in a box of that size, from its bottom; the largest fills the height. */
export function barsOf(values: readonly number[], width: number, height: number): Bar[] {
  const most = Math.max(1, ...values);
  const room = width / Math.max(1, values.length);
  return values.map((value, index) => {
    const tall = value > 0 ? Math.max(least, (value / most) * height) : 0;
    return { x: index * room + (room * gap) / 2, y: height - tall, width: room * (1 - gap), height: tall };
  });
}
