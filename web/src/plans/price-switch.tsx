import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Interval } from "@/api/types";
import { Select } from "@/components/ui/input";

type Props = {
  interval: Interval;
  currency: string;
  currencies: readonly string[];
  /** What paying by the year saves at most, in per cent. */
  saved: number;
  /** Without them the inputs are the browser's own, for a page without React. */
  onInterval?: (interval: Interval) => void;
  onCurrency?: (currency: string) => void;
};

/** Chooses how prices are shown: by the month or the year, and in which currency. */
export function PriceSwitch({ interval, currency, currencies, saved, onInterval, onCurrency }: Props) {
  const { t } = useLingui();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <fieldset className="inline-flex rounded-lg border border-line bg-subtle p-0.5">
        <legend className="sr-only">
          <Trans>How often to pay</Trans>
        </legend>
        <Choice value="month" chosen={interval} onChoose={onInterval}>
          <Trans>Monthly</Trans>
        </Choice>
        <Choice value="year" chosen={interval} onChoose={onInterval}>
          <Trans>Yearly</Trans>
          {saved > 0 && (
            <span className="ml-1.5 font-normal text-success-text">
              <Trans>−{saved}%</Trans>
            </span>
          )}
        </Choice>
      </fieldset>
      {currencies.length > 1 && (
        <Select
          name="currency"
          aria-label={t`Currency`}
          defaultValue={onCurrency ? undefined : currency}
          value={onCurrency && currency}
          onChange={onCurrency && ((event) => onCurrency(event.currentTarget.value))}
        >
          {currencies.map((each) => (
            <option key={each} value={each}>
              {each.toUpperCase()}
            </option>
          ))}
        </Select>
      )}
    </div>
  );
}

type ChoiceProps = { value: Interval; chosen: Interval; onChoose: Props["onInterval"]; children: ReactNode };

function Choice({ value, chosen, onChoose, children }: ChoiceProps) {
  return (
    <label className="cursor-pointer rounded-md px-3 py-1.5 font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="radio"
        name="interval"
        value={value}
        defaultChecked={onChoose ? undefined : value === chosen}
        checked={onChoose && value === chosen}
        onChange={onChoose && (() => onChoose(value))}
        className="sr-only"
      />
      {children}
    </label>
  );
}
