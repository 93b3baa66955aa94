import { cn } from "./cn";

const grounds = ["#5b52c9", "#0f6e84", "#96590b", "#a83a6b", "#2d7350", "#3c62b5", "#8b4a9e", "#a3472f"];

const sizes = { sm: "size-6 text-xs", md: "size-7 text-xs", lg: "size-9 text-sm", xl: "size-12 text-lg" };

type Props = { name: string; seed: string; square?: boolean; size?: keyof typeof sizes; image?: string };

/** A picture, or initials on a colour that stays the same for a seed. Decoration: the name stands beside it. */
export function Avatar({ name, seed, square = false, size = "md", image }: Props) {
  const round = square ? "rounded-md" : "rounded-full";
  if (image) return <img src={image} alt="" className={cn("shrink-0 object-cover", round, sizes[size])} />;
  return (
    <span
      aria-hidden="true"
      style={{ backgroundColor: grounds[hash(seed) % grounds.length] }}
      className={cn(
        "inline-flex shrink-0 select-none items-center justify-center font-semibold text-accent-ink",
        round,
        sizes[size],
      )}
    >
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return (
    letters
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return value;
}
