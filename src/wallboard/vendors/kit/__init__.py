"""What adapters share: one idea a module. No module names a vendor; what one vendor alone does stays with it.

wire        values and objects as they come over the wire
lists       the rows of a list out of any wrapping, and which of them are lost
paging      a whole list over all its pages
gather      many readings, a few at a time
again       rows named anew when a name is learnt
rows        snapshots, and starts that hold still
turns       one write to an object at a time
tasks       several things at once, of which the first that fails ends all
numbers     whether two spellings are the same number
acts        may it be done, what is read before, what is sent, what was answered
held        which calls this console holds, where the vendor lists none
evidence    how it is known to have happened
checks      what `wallboard check` says
sheets      what a person reads on demand
adapter     what every adapter of an HTTP API does alike
"""
