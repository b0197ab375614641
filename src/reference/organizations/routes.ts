import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { createRoute, recordWriteRoutes } from "../../http/nouns/writes/declarations.ts";
import { lineageRoutes } from "../lineage.ts";
import {
  ChangeOrganization,
  changeOrganization,
  CreateOrganization,
  createOrganization,
  deleteOrganization,
  restoreOrganization,
} from "./commands.ts";
import { organizationSource, predecessors, successors } from "./queries.ts";

/** `/v1/organizations`: read with any valid token, written with `reference:write`. */
export function organizationRoutes(registering: Registering): void {
  listRoute(registering, organizationSource);
  recordRoute(registering, organizationSource);
  lineageRoutes(registering, organizationSource, { successors, predecessors });
  writeRoutes(registering);
}

function writeRoutes(registering: Registering): void {
  createRoute(registering, {
    source: organizationSource,
    path: "/v1/organizations",
    shape: CreateOrganization,
    about: { summary: "Register an organization", description: "Its code is ours, unique and never reused." },
    create: createOrganization,
  });
  recordWriteRoutes(registering, {
    source: organizationSource,
    shape: ChangeOrganization,
    commands: { change: changeOrganization, delete: deleteOrganization, restore: restoreOrganization },
    about: {
      change: {
        summary: "Change an organization",
        description: "A merge patch (RFC 7396). A new parent closes the earlier one, which is kept with its days.",
      },
      delete: { summary: "Hide an organization", description: "Refused while people or other organizations stand in it." },
      restore: { summary: "Bring back an organization", description: "Undoes a DELETE." },
    },
  });
}
