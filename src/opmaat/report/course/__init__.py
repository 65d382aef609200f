"""The course of a trial on a page: who got how far, who left benefit, what was delivered and what it cost."""
