import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Field } from "@/components/form";
import { Input, Select } from "@/components/ui/input";
import { type ExpiryChoice, expiryChoices, firstDay, isExpiryChoice } from "./expiry";

const names: Record<ExpiryChoice, MessageDescriptor> = {
  "30": msg`In 30 days`,
  "90": msg`In 90 days`,
  "365": msg`In one year`,
  date: msg`On a day of your choice`,
  never: msg`Never`,
};

export function ExpiryField() {
  const { i18n } = useLingui();
  const [choice, setChoice] = useState<ExpiryChoice>("90");
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        name="expiry"
        label={<Trans>Expires</Trans>}
        hint={choice === "never" && <Trans>It works until somebody revokes it. A key that ends by itself is safer.</Trans>}
      >
        {(control) => (
          <Select
            {...control}
            value={choice}
            onChange={({ currentTarget: { value } }) => isExpiryChoice(value) && setChoice(value)}
            className="w-full"
          >
            {expiryChoices.map((each) => (
              <option key={each} value={each}>
                {i18n._(names[each])}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {choice === "date" && (
        <Field name="date" label={<Trans>Last day</Trans>}>
          {(control) => <Input {...control} type="date" required min={firstDay()} />}
        </Field>
      )}
    </div>
  );
}
