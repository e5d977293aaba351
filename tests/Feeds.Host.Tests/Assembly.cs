// The tests here wait for programs that they started more than they compute: more of them may run at once than there are processors.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
