import { describe, expect, it } from "vitest";
import { fitted } from "./logo-image";

describe("the picture of a logo", () => {
  it("fills the square when it is one", () => {
    expect(fitted(512, 512, 128)).toEqual({ x: 0, y: 0, width: 128, height: 128 });
  });
  it("stands whole in the middle when it is wide or high", () => {
    expect(fitted(400, 100, 128)).toEqual({ x: 0, y: 48, width: 128, height: 32 });
    expect(fitted(50, 100, 128)).toEqual({ x: 32, y: 0, width: 64, height: 128 });
  });
  it("keeps something of a line", () => {
    expect(fitted(5000, 1, 128)).toEqual({ x: 0, y: 63, width: 128, height: 1 });
  });
});
