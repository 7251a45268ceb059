"""Prior shares of news articles holding a common Spanish word form (estimates by hand)."""

WORDS = {
    0.50: """de la que el en los del se las por un con una no para su al es lo más como ha este
    pero sus sobre entre fue esta son también desde está años hasta""",
    0.20: """le ser ya todo dos sin año porque cuando muy donde si han había me parte además
    tiene hay nos todos contra durante puede uno según después gobierno presidente país ni hace
    estado mismo otros otro otra otras ante bien sólo solo así cada tres sido ayer hoy día días
    vez cual primera primer ciudad personas millones dijo esa ese eso estos estas tras antes
    mayor gran general nacional vida tiempo momento nuevo nueva mundo ahora pasado aunque embargo
    señaló explicó aseguró poco mientras menos forma caso hacer va era eran tanto estar tienen
    quienes quien todas les mi te yo él ella ellos nuestro nuestra unos unas algo tan siempre
    lugar aquí allí bajo algunos fin cuatro cinco ciento horas partir mil fueron será cómo
    qué""",
    0.10: """lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo
    junio julio agosto septiembre octubre noviembre diciembre seis siete ocho nueve diez cien
    euros dólares pesos millón semana semanas mes meses hora minutos mañana tarde noche familia
    hijo hijos hija padre madre padres mujer mujeres hombre hombres niños jóvenes niño
    organización asociación comunidad sociedad población ciudadanos gente nadie nada alguien
    alguna alguno algunas varias varios muchos muchas mucho mucha ambos toda pues luego entonces
    aún apenas casi quizá tal tales cualquier sino salvo incluso cerca lejos dentro fuera arriba
    encima alrededor frente junto mediante cuanto cuya cuyo cuyos cuales mejor peor buena buen
    bueno buenos grandes grande pequeño pequeños alto alta altos baja principal principales
    importante importantes nuevos nuevas último última últimos últimas próximo próxima segundo
    segunda tercer tercera primeros propio propia misma mismos posible necesario difícil cierto
    claro real joven largo único única total decir dicho dice hecho hizo hacen haber hubo habrá
    habría sería serán están estaba estaban estuvo tenía tenían tener tuvo tendrá puedan pueden
    pudo podría podrán poder debe deben debería quiere quieren queda quedó van voy vamos iba ir
    ver visto sabe saber llegó llegar llega llegado dar dio dado da pasó pasar sigue seguir salir
    salió ganar ganó perdió realizó realizar realizado afirmó indicó agregó añadió manifestó
    destacó informó anunció consideró recordó ello creo sea sean haya hayan estamos tenemos hemos
    somos nosotros usted señor""",
    0.05: """ministro ministerio política político políticos partido pp psoe elecciones candidato
    congreso ley justicia tribunal juez fiscal policía seguridad guerra muerte muertos violencia
    crisis economía económica económico empresa empresas mercado precio precios trabajo
    trabajadores empleo banco dinero inversión presupuesto proyecto proyectos programa plan
    medidas medida acuerdo reunión decisión situación problema problemas pregunta tema proceso
    sistema servicio servicios salud hospital médico educación escuela universidad estudiantes
    agua zona región provincia municipio ayuntamiento alcalde españa español española españoles
    madrid barcelona estados unidos méxico argentina chile colombia venezuela europa europea
    europeo unión internacional públicos público pública social sociales autoridades director
    secretario jefe equipo partidos jugadores jugador entrenador temporada liga gol goles
    victoria final copa club fútbol campeón película música libro historia cultura obra casa
    calle centro norte sur oeste punto puntos grupo miembros""",
    0.02: """abierto abogado acción acciones accidente actividad actividades actual actualidad
    actualmente acto actos acuerdos administración afectados agencia aire alemania algún amigo
    amigos amor anterior anteriores apoyo área áreas argentino arte artista artistas asegura
    asunto ataque ataques atención aumento aumentar autor ayuda ayudar banda bancos base bolsa
    brasil británico buscar busca calidad cámara cambio cambios camino campaña campeonato campo
    cantidad capacidad capital cara carácter carrera carretera carta casos causa central centros
    china cine ciudades civil clase cliente clientes coche coches comercial comercio comienza
    comenzó comisión compañía compañías comparación competencia común comunicación comunicado
    comunidades conflicto conocer conocido consecuencia consecuencias consejo consejero
    constitución construcción consumo contar control corrupción corte cosa cosas costa crear
    crecimiento creación cree crimen cuarto cuenta cuerpo cuestión culpa cumplir cuba daños datos
    debate defensa dejar dejó delito delitos demás demanda democracia democrático departamento
    deporte derecha derecho derechos desarrollo descubrió deuda diferentes diferencia dios
    diputado diputados dirección directiva directo diario discurso disco distintos doble
    documento efecto efectos ejemplo ejército embajador encuentra encuentro encontrar encontró
    encuesta energía enfermedad enorme entidad entrada entrevista época error especial
    especialmente espectáculo espera esperan esperar estación estatal estrategia estudio estudios
    ético europeos evento evitar exigió existe éxito experiencia expertos explica explicado
    expresó exterior extranjero extranjeros fácil falta familias favor fecha federación federal
    fiesta figura finales financiación financiera financiero firma fondo fondos francesa francés
    francia fuego fuentes fuente fuerte fuertes fuerza fuerzas función fundación futuro
    generación ganador gasto gastos gobernador gobiernos golpe gracias grado grave guardia
    habitantes hablar habló heridos herido hermano historias hotel huelga humana humano humanos
    idea ideas iglesia igual imagen imágenes importancia imposible impuesto impuestos incendio
    incremento independencia índice industria información informe infraestructura iniciativa
    inicio inició instituto institución instituciones integrantes intención interés intereses
    interior internet investigación investigaciones inversiones inversores irak iraq irán israel
    italia izquierda japón jornada juego juegos juicio junta jugar jugó latina lado lanzamiento
    libertad libre libros líder líderes línea líneas local locales logró lograr londres lucha
    llamada llamado llevar llevó lleva lleno luz madrugada maestros maestra manera manifestación
    mano manos máximo máxima mayoría media medio medios médicos mejorar mejores memoria menor
    mensaje mercados mesa metros mexicano miedo miles militar militares ministra minuto misión
    moneda muerto murió movimiento mundial municipal museo nación naciones naturaleza necesidad
    necesita negocio negocios negro niña nivel niveles nombre normal noticia noticias número
    objetivo objetivos obras ocasión octavo oficial oficiales oficina operación operaciones
    opinión oportunidad oposición orden origen oro orígenes página países palabra palabras papel
    pareja paro parlamento particular participación participar participó pasa paso paz pena
    pensar pérdida pérdidas período periódico periodista periodistas permite permitir perro
    persona personal petróleo pide pidió piso plaza pobreza políticas popular populares
    posibilidad posición precisamente preocupación presencia presenta presentación presentar
    presentó presidencia presidencial presión preso presos presunto prensa prevención previsto
    prisión privado privada privados procedimiento producción producto productos profesional
    profesionales profesor profesores programas propuesta propuestas protección provocó próximos
    próximas prueba pruebas publicó pueblo pueblos puerta puerto puesto queremos radio razón
    razones reacción realidad realiza recibió recibir recuerda recursos red redes reducción
    reforma reformas relación relaciones república responsable responsables respuesta respecto
    respeto resto resultado resultados retos rey reyes riesgo riesgos río robo rueda ruso rusia
    sala salarios salida sangre sector sectores secretaría sede seguro selección senado sentencia
    sentido serie significa siguiente siguientes similar simple sindicatos situaciones sol
    soldados solución soluciones suelo sueño sufrió suma superior supremo sostuvo tarea tasa
    teatro técnica técnico técnicos teléfono televisión temas temperatura tendencia término
    términos territorio terrorismo terrorista texto tierra tipo tipos título torneo trabajar
    tráfico transporte tren trata través tratamiento tribunales turismo turistas ubicado
    universidades uso utilizar valor valores vecinos vehículo vehículos venta ventas verano
    verdad versión vía viaje vice víctima víctimas viento visita vista vivienda viviendas vivir
    volver volvió votación voto votos voz vuelo vuelta zonas""",
    0.01: """abandonar abuso académico acceso aceptar aceptó acompañado acudir acusación acusado
    acusados adecuado adultos aeropuerto afirma africa agentes agrícola agricultores alcohol
    alianza alimentos alumnos ambiente amenaza amenazas americano análisis animales antiguo
    aniversario anuncio aparece apertura aplicación aplicar apoyar aprobación aprobado aprobó
    árabe árbitro árboles archivo armas armado asamblea asesinado asesinato aspecto aspectos
    asistencia asistentes atacar atentado atentados atrás aumentó ausencia automóvil autonomía
    autónoma autora autores autoridad avance avances avenida avión aviones ayudó azul bajar bajó
    balón bandera barrio barrios batalla blanco blanca bomba bomberos boca bosque bosques brazo
    breve británica cabeza cabo caída caer calor cambiar cama cámaras camión caminos campeones
    candidata candidatos candidatura cáncer canción canciones cansado cantante caracas
    características cargo cargos carne cárcel carreteras cartas castigo católica causas cayó
    celebra celebración celebrar celebró celular cerrado cerrar cerró chicos científico
    científicos cierre cifra cifras circulación cita clara clases clásico clima clubes colegio
    colegios colaboración coalición color colores colombiano combate combustible comer comentó
    comenzar comida comité complejo completo completamente compra comprar comprometido compromiso
    comunes concejal concejo concierto conciertos concretamente concreto concurso condena
    condenado condición condiciones conducta conductor conferencia confianza confirmó confirmado
    conjunto conocimiento considera conseguir consiguió conservador construir consulta
    consumidores contacto contenido contexto continúa continuar contrario contratos contrato
    contribuir convenio conversación convertido convertirse convocatoria convocado cooperación
    corazón correo corresponde correspondiente costo costos cotización crecer crédito créditos
    crítica críticas cruz cuadro cuartos cubano cubrir cuentas cuidado cultural culturales
    cumplimiento curso dados daño debido decenas decisiones declaración declaraciones declaró
    decidido decidió dedicado defender delegación delincuentes denuncia denunció denuncias
    dependencia deportes deportivo deportiva derrota desafío desaparición desaparecido desempleo
    descenso desconocido desierto despacho despidos destino destrucción detención detenido
    detenidos determinar devolver diálogo dictadura diferencias dificultades digital dinámica
    diplomático directora directores dirigente dirigentes discusión diseño disminución
    disposición distancia distrito diversos diversas división documentos dolor domicilio drogas
    duda dudas dueño duro ecuador edad edición edificio edificios editorial educativo efectivo
    efectivos eficaz ejecutivo elección electoral electorales eléctrica eléctrico elegir elegido
    elemento elementos eliminar emergencia emisión empate empezar empezó empresario empresarios
    empleados enfermedades enfrentar enfrentamiento enseñanza enseguida entender entrega entregar
    entregó entrar entró enviar envió epidemia equilibrio equipos escala escena escenario
    escribió escrito escritor escuchar escuelas espacio espacios especialista especialistas
    especie esperanza esposa establecer establecimiento estadio estadounidense estadounidenses
    estructura estudiante etapa evidencia evolución examen excelente existencia existen
    expediente expectativas explosión exportaciones exposición extraordinario extremo fábrica
    falso fama famoso fase favorito federales feliz fenómeno feria festival fijo filial firmó
    fiscalía física físico flores formación fotos fotografía fracaso frontera frutas fuga
    funcionamiento funcionario funcionarios funciones ganado ganancias gas gasolina género
    gestión gira global gobernar grupos guatemala guerrilla guía gusta gusto habitual habitación
    hambre hechos herencia héroe hielo hierro hipótesis histórico histórica hogar hogares
    homenaje homicidio honor horario hospitales idioma igualdad ilegal ilegales imagina impacto
    impedir implica incidente incluye incluir independiente indígenas individual inflación
    influencia informaciones informar ingeniero inglés inglaterra ingresos inmediato inmigrantes
    inmigración inocente inspección instalación instalaciones instante integral inteligencia
    intento intentar intentó interno internos intervención inundaciones invertir invierno
    investigar invitado isla islas italiano judicial judiciales jueces jurado jurídico juventud
    kilómetro kilómetros laboral laborales lanzar lanzó lector lectura lecciones legal
    legislación lengua lento lesión lesiones letra letras leyes liberal liberación libertades
    licencia liderazgo límite límites limpieza lista literatura llamar llamó llegada lluvia
    lluvias madera mal mala malo mandato mantener mantiene máquina mar maravilla marca marcas
    marcha marcó marido margen masiva matar material materia materiales materias matrimonio
    mayores mecanismo mecanismos medalla mediados medicamentos médica mental mención menores
    método miembro mina minas minoría mínimo mira mirada misa modelo modelos moderno modo
    momentos montaña monte moral moralidad motivo motivos móvil muchacho muestra multa multitud
    mundiales muro músico músicos nace nació nacido nacimiento nacionales natural naturales
    navidad necesarios necesidades negar negociación negociaciones negó ninguno ninguna ningún
    nocturno normas notable novela novedad novio nuclear números objeto obligación obligado
    obtener obtuvo ocasiones océano ocupa ocurrió ocurrido ofensiva oferta ofrece ofrecer ofreció
    ojos olvidar once opción opciones ordenador organismo organismos organizaciones orgullo
    oriente oscuro otorgar otoño paciente pacientes pacto padecer pagar pago pagos palacio panamá
    pantalla papa parque pasajeros patrimonio patria paseo películas peligro peligroso penal
    pensamiento pensiones perder perdido perfil periodo permanente perjuicio perú pesar pesca
    pese piedra piel pies pintura piloto pista placer plazo planes planta plantas playa playas
    plata pobres policial policías polémica portavoz poseer posiblemente positivo posteriormente
    práctica precisó preciso preferencia premio premios preparación presentado pretende previa
    previo primavera primeras primero príncipe princesa principio principios prioridad probable
    problemática procedente producir producido productores profunda profundo prohibición promesa
    promoción pronto propiedad proporción propios proteger protesta protestas próximamente puente
    puestos quince químico quería quedar químicas quiero raíz rápida rápidamente rápido realmente
    rebeldes rechazó rechazo reciente recientemente recientes recuperación recuperar recuerdo
    refugiados regional regiones registro registró regreso regresar regresó reglas reino religión
    religiosa rendimiento renuncia representa representante representantes requiere rescate
    reserva residencia residentes resistencia resolución resolver respaldo responder
    responsabilidad restaurante retirada retirar reto retraso retrato reuniones reunió revista
    revolución rico ritmo rival rivales rodea rojo rojos romper ropa rosa ruido rumbo ruta sabía
    sacar saldo salario salvar sanción sanciones sanitario santa santiago santo satisfacción
    secreto secuestro seguidores seguimiento sencillo senador senadores sensación sentir señal
    señala señales separación sesión sexo sexual siglo siglos siento silencio símbolo sindicato
    siquiera siria sitio sitios soberanía sobrevivir socialista sociedades socio socios solicitud
    solicitó solidaridad sorpresa sospechoso subida subir subió suceso sucedió suerte sueldo
    suficiente sufrir suiza sujeto superar superó superficie supone supuesto supuestos surgió
    suspensión tabla tamaño tarjeta tecnología tecnologías televisiva temor temporadas tendrán
    tenis tensión teoría tercero terminar terminó terreno terremoto testigo testigos testimonio
    ticket tienda tiendas tomar tomó tono tonelada toneladas toros totalmente trabajador
    tradición tradicional tragedia tramo tranquilidad transformación transición transparencia
    trataba treinta triunfo trofeo tropas turco turquía turno ucrania unidad unidades universal
    urbana urbano urgente uruguay usuarios utilización vacaciones válido vacuna vela velocidad
    vendió vender venezolano ventaja ventana verde verdadero vestido veterano vicepresidente
    vieja viejo vientos vigor villa vino violación visión visitantes vital vivo víspera voluntad
    voluntarios volumen votar""",
}
