// Loaded into the server's process with --import: tells over IPC how much processor time it has used so far.
process.on('message', () => process.send(process.cpuUsage()));
process.channel.unref();
