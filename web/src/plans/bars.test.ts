import { expect, it } from "vitest";
import { barsOf } from "./bars";

it("draws the largest as high as there is room, little as something and nothing as nothing", () => {
  const [most, little, none] = barsOf([1000, 1, 0], 300, 100);
  expect(most).toMatchObject({ y: 0, height: 100 });
  expect(little).toMatchObject({ y: 99, height: 1 });
  expect(none?.height).toBe(0);
  expect(little?.x).toBeGreaterThan((most?.x ?? 0) + (most?.width ?? 0));
  expect(barsOf([0, 0], 10, 10).map(({ height }) => height)).toEqual([0, 0]);
});
