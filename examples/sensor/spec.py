"""The mocked API: what sensor.h declares, with what a header cannot say."""

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec(modules=[
    ApiModule("sensor", functions=[
        # The answer is written through the pointer: {42, true}.
        ApiFunction("get_curr_speed", ret="bool", args=[ApiArg("int *", "speed", dir="out")]),
        # An array, which has room for n: {[42, 44], true}.
        ApiFunction("get_last_speeds", ret="bool", args=[
            ApiArg("int", "n"),
            ApiArg("int *", "speeds", dir="out", buffer="n"),
        ]),
        # Both hidden in a struct: events see its n, answers fill what its speeds point to.
        ApiFunction("get_last_speeds2", ret="bool", args=[
            ApiArg("SpeedsType *", "speeds", view="speeds->n"),
            ApiArg("int *", "the_speeds", dir="out", phantom=True, buffer="speeds->n", fill="speeds->speeds"),
        ]),
        # Always callable, never checked; 17 until a test says otherwise.
        ApiFunction("get_curr_speed2", ret="int", silent="17"),
    ]),
    ApiModule("alarm", functions=[
        # The struct behind the pointer; an alarm of another level stops at the call.
        ApiFunction("raise_alarm", args=[ApiArg("const AlarmType *", "alarm", view="*alarm", matched=True)]),
    ]),
])
