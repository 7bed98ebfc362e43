# modules[0].functions[0].args[0] (tuple_for_arg.py:5): is the tuple ('int', 'fd'); wanted is an ApiArg
#   help: write ApiArg('int', 'fd')
from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec([ApiModule("io", [ApiFunction("close", "int", [("int", "fd")])])])
