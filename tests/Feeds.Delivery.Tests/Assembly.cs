using System.Runtime.Versioning;

// Signals, Postfix and file systems of the test's own.
[assembly: SupportedOSPlatform("linux")]

// The tests here wait for processes, leases and time limits, and compute little: more of them may run at once than there are processors.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
