"""Addresses of exemplary cases and of texts for the public, below /publicity/."""

from django.urls import path

from publicity import case_views, story_views

urlpatterns = [
    path("cases/", case_views.case_list, name="cases"),
    path("cases/new/", case_views.case_new, name="case_new"),
    path("cases/<int:pk>/", case_views.case, name="case"),
    path("cases/<int:pk>/edit/", case_views.case_edit, name="case_edit"),
    path("cases/<int:pk>/step/", case_views.case_step, name="case_step"),
    path("cases/<int:pk>/photos/", case_views.case_photo_add, name="case_photo_add"),
    path("cases/<int:pk>/story/", story_views.story_of_case, name="story_of_case"),
    path("cases/photos/<int:pk>/", case_views.case_photo, name="case_photo"),
    path("cases/photos/<int:pk>/small/", case_views.case_thumbnail, name="case_thumbnail"),
    path("cases/photos/<int:pk>/remove/", case_views.case_photo_remove, name="case_photo_remove"),
    path("stories/", story_views.story_list, name="stories"),
    path("stories/of-site/<int:pk>/", story_views.story_of_site, name="story_of_site"),
    path("stories/<int:pk>/", story_views.story, name="story"),
    path("stories/<int:pk>/preview/", story_views.story_preview, name="story_preview"),
    path("stories/<int:pk>/edit/", story_views.story_edit, name="story_edit"),
    path("stories/<int:pk>/step/", story_views.story_step, name="story_step"),
    path("stories/<int:pk>/release/", story_views.story_release, name="story_release"),
    path("stories/photos/<int:pk>/", story_views.story_photo, name="story_photo"),
    path("stories/photos/<int:pk>/small/", story_views.story_thumbnail, name="story_thumbnail"),
]
