import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { moduleWords, type Permission, permissionGroups } from "./permission-groups";
import { Checkbox } from "./ui/checkbox";

const modules: Record<string, MessageDescriptor> = {
  tenant: msg`Workspace`,
  members: msg`Members`,
  roles: msg`Roles`,
  invitations: msg`Invitations`,
  domains: msg`Domains`,
  "api-keys": msg`API keys`,
  billing: msg`Billing`,
  notes: msg`Notes`,
};

type Props = {
  permissions: readonly Permission[];
  /** The ones that the person may give: their own. */
  own: readonly string[];
  value: ReadonlySet<string>;
  onChange: (value: ReadonlySet<string>) => void;
};

/** What somebody or something may do, to choose from, by module. */
export function PermissionGrid({ permissions, own, value, onChange }: Props) {
  const { i18n } = useLingui();
  const toggle = (key: string) => {
    const next = new Set(value);
    if (!next.delete(key)) next.add(key);
    onChange(next);
  };
  return (
    <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
      {permissionGroups(permissions).map(({ module, permissions: list }) => {
        const name = modules[module];
        return (
          <fieldset key={module} className="grid content-start gap-2">
            <legend className="mb-1.5 font-medium">{name ? i18n._(name) : moduleWords(module)}</legend>
            {list.map(({ key, summary }) => (
              <Checkbox
                key={key}
                name={key}
                checked={value.has(key)}
                disabled={!own.includes(key) && !value.has(key)}
                onChange={() => toggle(key)}
                label={summary}
                hint={
                  <>
                    <code className="font-mono text-xs">{key}</code>
                    {!own.includes(key) && (
                      <span className="block">
                        <Trans>You may not do this yourself.</Trans>
                      </span>
                    )}
                  </>
                }
              />
            ))}
          </fieldset>
        );
      })}
    </div>
  );
}

/** The same to read only. */
export function PermissionList({ permissions, held }: { permissions: readonly Permission[]; held: readonly string[] }) {
  const { i18n } = useLingui();
  const groups = permissionGroups(permissions.filter(({ key }) => held.includes(key)));
  return (
    <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
      {groups.map(({ module, permissions: list }) => {
        const name = modules[module];
        return (
          <div key={module}>
            <dt className="font-medium">{name ? i18n._(name) : moduleWords(module)}</dt>
            {list.map(({ key, summary }) => (
              <dd key={key} className="text-muted">
                {summary}
              </dd>
            ))}
          </div>
        );
      })}
    </dl>
  );
}
