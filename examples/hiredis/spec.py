"""The mocked API: what hiredis asks of the operating system once it has a connected socket."""

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec(modules=[
    ApiModule("posix", functions=[
        ApiFunction("read", ret="ssize_t", args=[
            ApiArg("int", "fd"),
            ApiArg("void *", "buf", dir="out", buffer="n"),
            ApiArg("size_t", "n"),
        ]),
        ApiFunction("write", ret="ssize_t", args=[
            ApiArg("int", "fd"),
            ApiArg("const void *", "buf", buffer="n"),
            ApiArg("size_t", "n"),
        ]),
        ApiFunction("close", ret="int", args=[ApiArg("int", "fd")]),
    ]),
])
