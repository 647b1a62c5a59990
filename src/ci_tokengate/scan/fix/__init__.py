"""`scan --fix`: a workflow put behind the gate. Text in, text out."""

from ci_tokengate.scan.fix.workflow import Fixed, fix_workflow

__all__ = ["Fixed", "fix_workflow"]
