import type { ReactNode } from "react";
import { Select } from "@/components/ui/input";

type HeadProps = { title: ReactNode; description?: ReactNode; actions?: ReactNode };

/** What every page of the console begins with. */
export function PageHead({ title, description, actions }: HeadProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="font-semibold text-2xl">{title}</h1>
        {description && <p className="mt-0.5 text-pretty text-muted">{description}</p>}
      </div>
      {actions}
    </div>
  );
}

type FilterProps<T extends string> = {
  label: string;
  /** What stands for no filter. */
  all: string;
  value: T | undefined;
  options: readonly (readonly [T, string])[];
  onChange: (value: T | undefined) => void;
};

/** Leaves one kind of the rows of a list. */
export function Filter<T extends string>({ label, all, value, options, onChange }: FilterProps<T>) {
  return (
    <Select
      aria-label={label}
      className="w-full sm:w-52"
      value={value ?? ""}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(options.find(([option]) => option === chosen)?.[0]);
      }}
    >
      <option value="">{all}</option>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </Select>
  );
}
