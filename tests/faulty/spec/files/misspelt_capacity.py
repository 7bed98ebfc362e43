# modules[0].functions[0].args[0].buffer (misspelt_capacity.py:5): 'size + 1' uses 'size', which is no argument
#   help: did you mean 'sizes'?
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

args = [ApiArg("char *", "data", buffer="size + 1"), ApiArg("int", "sizes")]
api_spec = ApiSpec([ApiModule("io", [ApiFunction("send", args=args)])])
