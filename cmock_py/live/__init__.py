"""A running mocking, part by part: each module owns one thing that lives while the SUT runs. `Mocking` joins them."""
