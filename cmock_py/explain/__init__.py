"""Says in words why calls and language differ: from the verdict of the check and the reason of a stop to a report.

Pure: no file, clock, process or environment is touched. The sequences of calls and events may be a million long and
decode an item each time it is asked for, so everything here looks only at what lies near a difference.
"""
