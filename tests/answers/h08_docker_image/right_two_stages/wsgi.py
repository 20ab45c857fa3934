import docker_image

application = docker_image.create_app()
