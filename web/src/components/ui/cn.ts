import { type ClassValue, clsx } from "clsx";

/**
 * Joins class names. Of two that set the same property the later in the style sheet wins, not the later here: give a
 * component a variant instead of overriding its look from outside.
 */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes);
}
