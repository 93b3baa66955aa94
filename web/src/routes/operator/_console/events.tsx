import { createFileRoute } from "@tanstack/react-router";
import { EventsPage } from "@/features/operator/events-page";
import { type EventState, eventStates } from "@/features/operator/filters";

type Search = { state?: EventState };

export const Route = createFileRoute("/operator/_console/events")({
  validateSearch: ({ state }): Search => {
    const known = eventStates.find((option) => option === state);
    return known ? { state: known } : {};
  },
  component: Page,
});

function Page() {
  return <EventsPage state={Route.useSearch().state} />;
}
