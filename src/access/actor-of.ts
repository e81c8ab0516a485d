import { type Actor } from './actor.js';

/** A request on which a guard has noted who sent it. */
export interface ActingRequest {
  actor?: Actor;
}

/** Who sent a request, as the guard noted it. */
export function actorOf(request: ActingRequest): Actor {
  if (!request.actor) throw new Error('No guard has noted who sent this request');
  return request.actor;
}
