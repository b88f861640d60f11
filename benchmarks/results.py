"""What a benchmark says: times beside the floor that was measured in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """`seconds` of something; `of` is the result that it is compared to, if there is one, and
    `goal` the ratio to it that is aimed at."""

    name: str
    seconds: float
    of: "Result | None" = None
    goal: float | None = None

    def __str__(self):
        line = f"  {self.name:<52} {self.seconds:8.2f} s"
        if self.of is None:
            return line
        line += f"   {self.seconds / self.of.seconds:6.2f} × {self.of.name}"
        return line if self.goal is None else f"{line} (goal {self.goal:g})"
