"""What the user says can be called: the nouns, how a file of them is loaded, and how their faults are found."""
