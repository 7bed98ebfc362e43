# modules[0].functions[0].args[0].dir (out_by_value.py:5): is 'out', but `int` is no pointer: nothing to write through
#   help: did you mean type='int *'?
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec([ApiModule("io", [ApiFunction("get", args=[ApiArg("int", "value", dir="out")])])])
