"""Prior shares of news articles holding a common Portuguese word form (estimates by hand)."""

WORDS = {
    0.50: """de do da que em um para com no na uma os não dos se por mais foi ao das as como são
    ser ou nos""",
    0.20: """também mas ele ela já até sobre tem está entre pela pelo ano anos ainda após quando
    segundo depois dois três dia foram ter sua seu seus suas muito pode sem disse primeiro
    primeira mesmo mesma quem governo presidente brasil país cidade onde nas às aos pelos isso
    este esta esse essa era há só contra durante porque parte todos milhões pessoas vai desde
    estado fazer feira grande caso forma além outros outro outra outras tempo nacional momento
    vez estão antes agora hoje bem cerca cada qual apenas nesta neste nessa nesse numa num eu me
    nós eles lhe dias qualquer então enquanto assim menos maior sido sendo tinha havia""",
    0.10: """segunda terça quarta quinta sexta sábado domingo janeiro fevereiro março abril maio
    junho julho agosto setembro outubro novembro dezembro quatro cinco seis sete oito nove dez
    cem mil milhão bilhões euros reais dólares horas hora minutos semana semanas mês meses manhã
    tarde noite ontem amanhã homem mulher homens mulheres criança crianças filho ponto pontos
    grupo membros associação comunidade sociedade população cidadãos gente ninguém nada alguém
    algum alguma alguns algumas vários várias muitos muitas muita ambos toda todas todo pois logo
    embora porém entretanto quase talvez tal tais sempre nunca nem sim aqui ali lá dentro fora
    cima baixo frente junto através cuja cujo mediante perante conforme apesar melhor pior bom
    boa bons boas grandes pequeno pequena alto alta altos baixa principal principais importante
    importantes novo nova novos novas última último últimos últimas próximo próxima próximos
    terceiro terceira primeiros próprio própria possível necessário difícil certo claro real
    jovem jovens longo único única total dizer diz dizem feito fez fazem faz houve haver haja
    seria serão será estava estavam esteve estar tinham teve terá podem poderá poder poderia pôde
    deve devem deveria quer querem fica ficou ficar vão vamos ir vem veio ver visto sabe saber
    chegou chegar chega dar deu dado passou passar passa continua sair saiu ganhar ganhou perdeu
    realizou realizado realizada afirmou explicou acrescentou informou anunciou considerou
    destacou lembrou contou falou declarou garantiu revelou acredita seja sejam fosse estamos
    temos somos você minha meu nosso nossa nossos deste desta desse dessa destes dele dela deles
    delas aquele aquela aquilo isto""",
    0.05: """filhos filha pai mãe pais família vida morte mortos morreu polícia policiais justiça
    tribunal juiz ministério público pública públicos públicas ministro ministra política
    político políticos partido eleições candidato congresso câmara senado deputado deputados lei
    projeto projetos direito direitos crise guerra segurança violência economia econômica empresa
    empresas mercado preço preços trabalho trabalhadores emprego banco dinheiro valor valores
    investimento investimentos orçamento crescimento queda aumento taxa produção programa plano
    medidas medida acordo reunião decisão situação problema problemas questão processo sistema
    serviço serviços saúde hospital médico educação escola universidade estudantes alunos água
    região município prefeitura prefeito governador rio lisboa portugal português portuguesa
    brasileira brasileiro brasileiros estados unidos europa europeia união internacional mundo
    social sociais diretor chefe equipe equipa time jogo jogos jogador jogadores técnico
    treinador temporada campeonato gol gols vitória final copa taça clube futebol filme música
    livro história cultura obra casa rua centro norte sul leste oeste""",
    0.02: """aberto abertura ação ações aceitar acesso acidente acontece aconteceu acusação
    acusado administração advogado aeroporto agência agentes ajuda ajudar alemanha amigo amigos
    ambiente américa amor análise animais apoio apresenta apresentar apresentou aproximadamente
    área áreas armas arte artista artistas assembleia assunto ataque ataques atenção atividade
    atividades ato ator atual atualmente autor autoridades avaliação avenida avião bairro bancos
    banda base bola bolsa busca buscar cabeça campanha campeão campo capacidade capital cargo
    carreira carro carros carta casos causa central chance chegada china chuva cidades cinema
    classe clientes coisa coisas coletiva combate começa começou começar comércio comissão compra
    comum comunicação comunicado condições conferência confiança conflito confirmou conhecido
    conseguiu conseguir conselho construção consumo conta contas contrato controle corpo
    corrupção costa crédito criação criar crime crimes criticou curso custo custos dados debate
    defesa defende deixar deixou demanda democracia demais departamento desenvolvimento despesas
    destaque diante diferença diferentes direita direção disputa dívida divulgado divulgou
    documento documentos domicílio edição efeito eleição eleitoral energia encontro encontrar
    encontrado encontrou entidade entrada entrevista época equipes erro escolas escolha espaço
    espanha especial especialistas espera esperar espetáculo esquerda estação estádio estratégia
    estrada estudo estudos europeu evento evitar exemplo existe existem experiência exportações
    exposição falar falta famílias fase favor federação federal festa festival fim financeira
    financeiro física foco fogo força forças formação forte fotos frança francês funcionários
    função fundo futuro gás geral gestão global gostaria gosto governos guarda habitantes
    homicídio humano humanos ideia igreja imagem imagens imóveis impacto importância imposto
    impostos imprensa inclusive incêndio independência indústria inflação informação informações
    inglaterra início iniciativa instituição instituições instituto interesse internet
    investigação investigações investidores irmão israel itália jornal jornalista jornalistas
    juros lado lançamento lançou legal lembra levar levou liberdade líder líderes liga linha
    lista local locais longe lugar luta luz maioria manifestação manifestantes mão mãos mar marca
    média médicos meio meios melhorar menor mensagem mesa metade metros militar militares morador
    moradores morrer motivo motorista movimento mudança mudanças multa mundial municipal museu
    nasceu natural negócio negócios nível nome nomes normal notícia notícias número números
    objetivo objetivos ocasião ocorre ocorreu oficial oferece ônibus operação operações opinião
    oportunidade oposição ordem organização origem ouro pacientes página países palavra palavras
    papel parlamento participação participar participou participantes partida partidos partir
    passado passageiros paz pedido pediu pede pena pensar pequenas perda período permite perto
    pesquisa pessoa pessoal petróleo piloto planos policial porta porto posição possibilidade
    praia prática prazo precisa precisam prejuízos prêmio presença preso presos pressão prevista
    previsão primeiras prisão privado procura procurador produto produtos professor professores
    profissionais profissional promover proposta propostas proteção protesto protestos prova
    provas provocou publicado quadro qualidade quantidade quilômetros rádio razão realidade
    realizar receber recebeu receita recuperação recursos rede redução reforma reformas relação
    relações relatório república resposta responsável responsáveis resultado resultados risco
    riscos rodada ruas russa rússia saída salário salários secretaria secretário século sede
    seguir seguinte seleção semelhante sentido série setor setores show sindicato site situações
    solução sonho superior supremo suspeito suspeitos tarefa teatro tecnologia telefone televisão
    tema tenta tentar tentou terra território terrorismo texto tipo tipos título torcida torneio
    torno tornou trabalhar tráfego tráfico transporte tratamento tribunais turismo turno
    universidades uso usar vagas veículo veículos venda vendas verdade versão via viagem vice
    vítima vítimas viver voltar voltou voto votos votação voz voo zona""",
    0.01: """abandonar absoluta academia acordos adolescente adversário afeta agrícola
    agricultura álcool alerta alimentos ameaça ameaças amplo anterior antigo anúncio aparece
    aplicação apoiar aprovação aprovado aprovou árbitro argentina argumento armado aspecto
    assassinato assinatura assinou assumir assumiu atacante atendimento atingiu atingir atletas
    atraso atuação audiência aulas ausência autonomia avanço aviões azul baixos balanço barreira
    batalha bicicleta biblioteca bomba bombeiros branco britânico cabo café caiu calor câmaras
    caminhão caminho campos câncer canção candidata candidatos candidatura cantor cantora capaz
    características carga carnaval carne cartão carteira casamento casas castigo católica cena
    cenário centenas centrais certeza chefes chinesa chinês chuvas ciclo ciência cientistas
    cinquenta círculo civil clima clínica clubes código coligação colega colegas colégio coleção
    combustível comemoração comerciais comercial comitê companhia companhias comparação
    competição completo complexo complicado comportamento compromisso computador concerto
    conclusão concorrência concurso condenado conhecer conhecimento consequência consequências
    considera consideração consideram constituição consulta consumidor consumidores contato
    conteúdo contexto contrário contratos contribuição conversa convidado cooperação cor coração
    corrida correio corte cortes crescer criminosos cristo críticas cruz cuidado cuidados culpa
    cultural culturais cúpula dano danos data década décadas decidiu declarações decreto defender
    déficit delegacia delegado denúncia denúncias derrota desafio desafios desaparecido
    desemprego desempenho despesa destino destruição detalhes detido detidos deus devido diálogo
    dificuldade dificuldades digital dirigente dirigentes diretoria diretores disciplina discurso
    discussão disponível disposição distância distrito diversas diversos divisão doença doenças
    domínio dono dor droga drogas duas duplo dúvida dúvidas efetivo eficaz elétrica eleito
    eleitores elemento elementos elenco elevado embaixador emergência emissora empate empresário
    empresários encerrou enfermeiros enfrentar engenheiro ensino entrar entrega entregue entrou
    enviar enviado equilíbrio escala escândalo escritor espaços espanhol espécie espécies esposa
    esporte estabelecimento estádios estágio estações estatal estrangeiro estrangeiros estreia
    estrela estrutura etapa europeus evolução exame exército exercício exigência existência
    expectativa explosão exterior extremo fábrica fácil facilmente falso fator fatores favela
    fazenda fechado feliz fenômeno feridos férias ferro ficha figura fila filmes filosofia finais
    finanças fiscal fiscais flores floresta folha fome fonte fontes formas formal fotografia
    fracasso fraude fronteira frutas fuga fumo funcionamento fundação fundos ganha ganho garantia
    garantir gasolina gastos general gênero geração goleiro golpe grave graves greve habitação
    herança herói hipótese histórico histórica homenagem honra horário hospitais hotel hotéis
    humana idade idosos igual ilha ilegal imediatamente imediato imigrantes impossível impressão
    incidente incluindo inclui independente índice índios indivíduos industrial influência
    infraestrutura inglês inimigo inquérito inscrições insegurança inspeção instalações instante
    integração inteligência intenção interior internacionais interno intervenção inverno investir
    investigar irmãos italiano janela japão jardim joelho judicial julgamento jurídica justo
    juventude ladrões lançado laboratório leite lesão letras líquido literatura livre livros lixo
    loja lojas lucro lucros lua madeira madrugada mandato manter mantém máquina máquinas
    maravilhoso margem marido massa material materiais matéria máxima máximo mecanismo medalha
    médias medicamentos medicina médica medo membro memória mental mercadorias mercados metrô
    milhares mínimo minoria missa missão modelo moderna moderno modo moeda montanha moral mortes
    moto motor motoristas músicas músico músicos nação nações nascimento natal natureza
    naturalmente navio necessária necessidade necessidades negar negociação negociações negou
    negro nervoso neve noites normas notas nuclear objeto obras obrigação obrigado obter oceano
    oferta oficiais óleo olhar olhos olímpicos onda opções oriente orquestra ouvir pacote padre
    padrão pagamento pagar palácio palco pão papa par parceria parede parentes parlamentares
    parque parceiros passagem passo patrimônio pé peça peças pecado peixe pele penal pensamento
    pensão percentual perder perigo perfil permanente personagem personagens pés peso
    pessoalmente pico pista planeta planta plantas plástico plateia plural pobre pobres pobreza
    poeta polêmica polícias ponte popular populares porcentagem portas posse positiva positivo
    praça prata preciso preferência premiê preocupação preparação presidencial presidência
    prestação previsto primária príncipe princípio princípios prioridade prisões privada privadas
    procurar produtores produzir profunda proibição promessa promoção promotor pronto propaganda
    propriedade próprios protagonista proteger psicológica publicação publicidade publico
    qualificação quartel quarto queixa química quinze raça racismo rainha raio rapaz rapidamente
    rápido rapidez reação realmente recente recentemente recentes recorde recurso referência
    referendo refugiados regime regiões registro registrado registrou regras rei religião
    religiosa relatou remédio renda renúncia reportagem representante representantes representa
    reserva residência resistência resolver respeito responder restante restaurante retirada
    retirar retorno reuniões revista revolução rica rios ritmo rival rivais rock rodovia rosto
    roubo russo sabor saldo sala salvar sangue santo santos satélite secretária seca segredo
    seguida seguro semifinal senador senadores senhor sensação sentença sentimento separação
    sequência serra sertão sessão sexo sexual significa silêncio símbolo simples sinais sinal
    singular sindicatos síria soldados solidariedade solo som soma sorte sorriso substituir
    sucesso suficiente suíça sujeito superar supermercado surpresa suspensão tabela talento
    tamanho tática telefônica temperatura temperaturas templo tendência tênis tensão teoria termo
    termos teste testemunha testemunhas testes tiro tiros titular tom tonelada toneladas
    trabalhador tradição tradicional tragédia trajetória trânsito transição transmissão tratado
    trata treino treinamento trem tropas trinta turistas turquia ucrânia unidade unidades
    universal urbana urgência usuários útil vacina valorização vantagem variação velho velha
    velocidade vencedor vencer venceu vento verão verdadeiro verde vereador vereadores vermelho
    vinho vinte violação virou visão visita visitantes vista visual vitórias viúva vizinhos
    voluntários volta volume vontade""",
}
