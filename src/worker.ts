/** A process that only works: scheduler, queue and mail. The same as `ONWARD_ROLE=worker node main.js`. */
process.env['ONWARD_ROLE'] = 'worker';
await import('./main.js');
