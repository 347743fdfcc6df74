"""Share work between fits: reuse what the fit of one candidate computed for another.

Two kinds of work are shared inside one process and one search:

heads
    A transformer at the head of a pipeline is fitted once for equal parameters, input
    and fold; later candidates get its output (`heads`).
paths
    One fit at the largest value of a parameter contains the models of all smaller
    values, which are cut out of it (`paths`).

Every reuse is verified: the first time that work would be reused it is done again and
compared to the last bit (`store`).
"""
