"""How far the linter looks: limits of effort, beyond which it takes a set apart or says that it stopped."""

MOST_KINDS = 20  # kinds of rows that one stream tells apart
MOST_BANDS = 20  # spans of time of which every range is described
MOST_POINTS = 20  # points of a line along which gaps are sought
MOST_LITERALS = 40  # conditions of which all threes are tried in a description
MOST_OFFERS = 5  # values that are offered in place of one that the shop does not have
MOST_AXES = 5  # streams of which all orders are tried
LONG = 20  # counts above this are reached in strides
MOST_HISTORIES = 2 * 10**3  # beyond this a stream is taken apart
MOST_COMBINED = 10**3  # more combinations of values than this are tried two properties at a time
MOST_WORTHS = 10**2  # combinations of values of orders
