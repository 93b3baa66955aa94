const side = 128;
const mostBytes = 10_000_000;

export const logoTypes = "image/png,image/jpeg,image/webp,image/gif";

/** Where a picture goes in the square of a logo, whole and in the middle. */
export function fitted(width: number, height: number, into = side) {
  const scale = into / Math.max(width, height);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  return { x: Math.floor((into - w) / 2), y: Math.floor((into - h) / 2), width: w, height: h };
}

/** Makes a small square PNG of a picture, as a data URL: undefined when the file is none that the browser can draw. */
export async function toLogo(file: File): Promise<string | undefined> {
  if (file.size > mostBytes) return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return undefined;
  const { x, y, width, height } = fitted(picture.width, picture.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height);
  picture.close();
  return canvas.toDataURL("image/png");
}
