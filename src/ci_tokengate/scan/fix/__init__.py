"""`scan --fix`: a workflow put behind the gate. Text in, text out."""

from ci_tokengate.scan.fix.file import Rewrite, rewrite_file
from ci_tokengate.scan.fix.workflow import MENDED, Fixed, fix_workflow

__all__ = ["MENDED", "Fixed", "Rewrite", "fix_workflow", "rewrite_file"]
