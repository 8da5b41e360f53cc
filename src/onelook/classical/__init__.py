"""Classical models by name: scikit-learn's classifiers, with the same pictures and the same interface as networks.

A new one is a line here, its types and checks in `predictors.check_estimator`, and a builder in `estimators`.
"""

from onelook.registry import Registry

CLASSICAL = Registry(
    "classical model",
    {
        "svc": ("onelook.classical.estimators:svc", "support vectors, radial kernel; slow beyond 10,000 pictures"),
        "decision-tree": ("onelook.classical.estimators:decision_tree", "one tree of questions about single values"),
        "random-forest": ("onelook.classical.estimators:random_forest", "a hundred trees that vote: a strong baseline"),
        "logistic": ("onelook.classical.estimators:logistic", "one linear layer, fitted until it converges"),
        "knn": ("onelook.classical.estimators:knn", "the five nearest training pictures vote"),
        "hist-gradient-boosting": (
            "onelook.classical.estimators:hist_gradient_boosting",
            "trees that each correct the errors of the trees before",
        ),
        "lda": ("onelook.classical.estimators:lda", "linear discriminants: fast, and good on networks' features"),
    },
)
