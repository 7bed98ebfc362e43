"""The mocked API: the three functions of stack.h."""

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec(modules=[
    ApiModule("stack", functions=[
        ApiFunction("new", ret="Stack"),
        ApiFunction("push", args=[ApiArg("Stack", "s"), ApiArg("int", "val")]),
        ApiFunction("pop", ret="int", args=[ApiArg("Stack", "s")]),
    ]),
])
