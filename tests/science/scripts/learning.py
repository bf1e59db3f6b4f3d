# scikit-learn.

# %% linear_models
import numpy as np
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge

def main():
    x = np.arange(10.0).reshape(-1, 1)
    y = 2 * x.ravel() + 1
    line = LinearRegression().fit(x, y)
    classes = LogisticRegression().fit(x, y > 10)
    return [round(float(line.coef_[0]), 6), Ridge().fit(x, y).score(x, y) > 0.9, Lasso(0.1).fit(x, y).score(x, y) > 0.9,
            classes.predict([[0.0], [9.0]]).tolist()]

# %% trees_and_forests
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, export_text

def main():
    x, y = load_iris(return_X_y=True)
    forest = RandomForestClassifier(10, random_state=0, n_jobs=2).fit(x, y)
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(x, y)
    boosted = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(x, y)
    return [forest.score(x, y) > 0.9, "feature_" in export_text(tree), boosted.score(x, y) > 0.9]

# %% histogram_boosting
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

def main():
    x = np.linspace(0, 1, 300).reshape(-1, 1)
    return HistGradientBoostingRegressor(max_iter=20).fit(x, x.ravel()).score(x, x.ravel()) > 0.9

# %% splits_scores_and_reports
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def main():
    x, y = load_wine(return_X_y=True)
    x1, x2, y1, y2 = train_test_split(x, y, random_state=0, stratify=y)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x1, y1)
    guess = model.predict(x2)
    return [accuracy_score(y2, guess) > 0.9, confusion_matrix(y2, guess).shape,
            "precision" in classification_report(y2, guess),
            roc_auc_score(y2, model.predict_proba(x2), multi_class="ovr") > 0.9]

# %% search_and_cross_validation
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.svm import SVC

def main():
    x, y = make_classification(80, random_state=0)
    search = GridSearchCV(SVC(), {"C": [0.1, 1]}, cv=3, n_jobs=1).fit(x, y)
    return [sorted(search.best_params_), len(cross_val_score(SVC(), x, y, cv=KFold(4)))]

# %% two_jobs_in_threads
from joblib import Parallel, delayed, parallel_backend
from sklearn.datasets import make_regression
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import cross_val_score

def main():
    x, y = make_regression(60, 4, random_state=0)
    with parallel_backend("threading", n_jobs=2):
        scores = cross_val_score(RandomForestRegressor(5, random_state=0), x, y, cv=3)
    squares = Parallel(n_jobs=2, prefer="threads")(delayed(lambda i: i * i)(i) for i in range(4))
    return [len(scores), squares]

# %% clusters
import numpy as np
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

def main():
    x, _ = make_blobs(90, centers=3, random_state=0, cluster_std=0.4)
    labels = KMeans(3, n_init=3, random_state=0).fit_predict(x)
    return [len(set(labels.tolist())), silhouette_score(x, labels) > 0.4,
            AgglomerativeClustering(3).fit(x).n_clusters_, len(set(DBSCAN(0.8).fit(x).labels_.tolist())) >= 1]

# %% fewer_dimensions
from sklearn.datasets import load_digits
from sklearn.decomposition import NMF, PCA, TruncatedSVD
from sklearn.manifold import TSNE

def main():
    x, _ = load_digits(return_X_y=True)
    x = x[:100]
    return [PCA(2).fit_transform(x).shape, TruncatedSVD(2).fit_transform(x).shape,
            NMF(2, max_iter=50, init="nndsvda").fit_transform(x).shape,
            TSNE(2, max_iter=250, perplexity=10, random_state=0).fit_transform(x).shape]

# %% text_and_neighbours
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

def main():
    words = CountVectorizer().fit_transform(["a good day", "a bad day", "good good"])
    model = MultinomialNB().fit(words, [1, 0, 1])
    near = NearestNeighbors(n_neighbors=1).fit([[0], [5]]).kneighbors([[4]])
    return [words.shape, model.predict(words).tolist(), near[1].tolist(),
            KNeighborsClassifier(1).fit([[0], [5]], [0, 1]).predict([[4]]).tolist(),
            TfidfVectorizer().fit_transform(["red blue", "blue sky"]).shape]

# %% preprocessing_of_a_frame
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, PolynomialFeatures

def main():
    frame = pd.DataFrame({"a": [1.0, None, 3.0], "b": ["x", "y", "x"]})
    both = ColumnTransformer([("n", SimpleImputer(), ["a"]), ("c", OneHotEncoder(sparse_output=False), ["b"])])
    both.set_output(transform="pandas")
    return [both.fit_transform(frame).shape, MinMaxScaler().fit_transform([[1.0], [3.0]]).tolist(),
            LabelEncoder().fit_transform(["b", "a"]).tolist(), PolynomialFeatures(2).fit_transform([[2.0]]).tolist()]

# %% networks_and_gaussians
import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.mixture import GaussianMixture
from sklearn.neural_network import MLPClassifier

def main():
    x = np.array([[0.0], [0.1], [1.0], [1.1]])
    y = [0, 0, 1, 1]
    network = MLPClassifier((8,), max_iter=400, random_state=0, solver="lbfgs").fit(x, y)
    return [network.predict(x).tolist(), GaussianMixture(2, random_state=0).fit(x).n_components,
            GaussianProcessRegressor().fit(x, y).predict(x).round().astype(int).tolist()]

# %% a_model_saved_and_loaded
import pickle
import joblib
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

def main():
    x, y = load_diabetes(return_X_y=True)
    model = LinearRegression().fit(x, y)
    joblib.dump(model, "model.joblib")
    again = joblib.load("model.joblib")
    return [bool((again.predict(x) == pickle.loads(pickle.dumps(model)).predict(x)).all()), round(again.score(x, y), 2)]

# %% displays
import io
import matplotlib.pyplot as plt
from sklearn.datasets import load_iris
from sklearn.inspection import permutation_importance
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.tree import DecisionTreeClassifier, plot_tree

def main():
    x, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(x, y)
    plot_tree(tree)
    ConfusionMatrixDisplay.from_estimator(tree, x, y)
    plt.savefig(io.BytesIO())
    return permutation_importance(tree, x, y, n_repeats=2, random_state=0).importances_mean.shape

# %% shown_as_html
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def main():
    model = make_pipeline(StandardScaler(), LinearRegression())
    return ["StandardScaler" in repr(model), "<div" in model._repr_html_()]
