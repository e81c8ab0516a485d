/** A job is a nudge: a name and the ids it concerns. What is owed stands in tables; a lost or doubled job is harmless. */
export interface Nudge {
  name: string;
  ids: Record<string, string>;
}

/** What answers a nudge. One handler a job name. */
export interface NudgeHandler {
  name: string;
  /**
   * Parses the payload (anything may stand in a queue) and does what is owed. `ending` is aborted when the process wants
   * to stop: finish what is begun, begin nothing new.
   */
  handle: (payload: unknown, ending: AbortSignal) => Promise<void>;
}

/**
 * The handlers by name.
 * @throws when two claim one name: proved at boot, not at the first job
 */
export function handlersByName(handlers: NudgeHandler[]): Map<string, NudgeHandler> {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]));
  if (byName.size !== handlers.length)
    throw new Error(`Two handlers claim one job name: ${handlers.map((h) => h.name).join(', ')}`);
  return byName;
}
