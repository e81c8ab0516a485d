import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** This process's metrics. Labels are route patterns and outcomes, never anything about a person. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

export const requestSeconds = new Histogram({
  name: 'onward_http_request_seconds',
  help: 'Time to answer a request, by route and status',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [registry],
});

export const messages = new Counter({
  name: 'onward_messages_total',
  help: 'What became of messages that this process handled',
  labelNames: ['outcome'] as const,
  registers: [registry],
});
