import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { usePageTitle } from "@/components/auth-layout";
import { LoadMore } from "@/components/load-more";
import { Loaded } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { eventsQuery } from "./billing";
import { EventsTable } from "./events-table";
import { type EventState, eventStates } from "./filters";
import { Filter, PageHead } from "./page-head";
import { RowSkeleton } from "./row-skeleton";

const words: Record<EventState, MessageDescriptor> = { pending: msg`Waiting`, applied: msg`Applied`, ignored: msg`Ignored` };

export function EventsPage({ state }: { state: EventState | undefined }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const events = useInfiniteQuery({ ...eventsQuery(state), placeholderData: keepPreviousData });
  const rows = events.data?.pages.flatMap((page) => page.items) ?? [];
  const show = (chosen: EventState | undefined) =>
    void navigate({ to: "/operator/events", search: chosen ? { state: chosen } : {} });
  usePageTitle(t`Stripe events`);
  return (
    <>
      <PageHead
        title={<Trans>Stripe events</Trans>}
        description={<Trans>What Stripe told us, newest first. To apply one again only asks Stripe how things are now.</Trans>}
        actions={
          <Filter
            label={t`State`}
            all={t`Every state`}
            value={state}
            options={eventStates.map((option) => [option, i18n._(words[option])] as const)}
            onChange={show}
          />
        }
      />
      <Card className="mt-5 overflow-hidden" aria-busy={events.isPlaceholderData}>
        <Loaded query={events} skeleton={<RowSkeleton />} skeletons={8}>
          {rows.length > 0 ? (
            <EventsTable events={rows} />
          ) : state ? (
            <EmptyState
              title={<Trans>No event is in this state</Trans>}
              action={
                <Button onClick={() => show(undefined)}>
                  <Trans>Show every state</Trans>
                </Button>
              }
            />
          ) : (
            <EmptyState title={<Trans>No events yet</Trans>}>
              <Trans>When somebody subscribes, pays or cancels, Stripe says so here within seconds.</Trans>
            </EmptyState>
          )}
        </Loaded>
        <LoadMore query={events} className="border-line border-t p-3" />
      </Card>
    </>
  );
}
